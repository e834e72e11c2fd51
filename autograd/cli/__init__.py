"""The command `autograd`: `main.py` runs the commands, `options.py` reads their options.

`expression.py` evaluates an expression typed by a user, `expression_errors.py` says what is wrong
with one, `demo.py` trains the demo's network, `streams.py` copes with closed output.
"""
