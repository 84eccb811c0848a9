"""PostgreSQL and Spark on this machine's loopback, for trying them and for the tests."""
