"""Under which conditions a claim is right: facts, which are verified, and no hypotheses.

`relations` among leaves, each one of the `familiar` ones; and `sides` of kinks and of 0.
"""
