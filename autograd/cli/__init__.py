"""The command `autograd`: `main.py` runs the commands, `options.py` defines their options.

`expression.py` evaluates an expression typed by a user, `expression_errors.py` has its error
messages, `demo.py` trains the demo's network, `streams.py` copes with closed output.
"""
