"""What operators see from outside: metrics, traces, logs; rules and dashboard for their own systems."""
