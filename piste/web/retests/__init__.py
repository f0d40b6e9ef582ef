"""What a change of the process brought: before and after, in words, and what is made of it."""
