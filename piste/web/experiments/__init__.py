"""Ideas and split tests: their list, an idea, a design, a test with its result; managers design and decide, everybody reads."""
