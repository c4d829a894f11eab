"""The verbs: submit, track, moderate, publish, tick, sign in.

A use case takes the open blog and what the edge parsed, with the time as an argument;
it returns values and raises the errors of ``errors``.
"""
