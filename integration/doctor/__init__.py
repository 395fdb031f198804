"""`yrd doctor`: looks at everything that a gateway needs, and says what is wrong and what to do next.

It works while the gateway is down, and changes nothing.
"""
