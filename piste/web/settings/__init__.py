"""Settings: one's own profile, the company, its members and teams, its lists."""
