"""The languages and libraries that run a program; each is imported when it is asked for."""
