"""What reads a tape and says what happened: steps, paths, the chain rule, and the diagnosis."""
