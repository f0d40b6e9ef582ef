"""Tests of the pages of ideas and split tests."""
