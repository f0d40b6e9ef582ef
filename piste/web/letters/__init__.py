"""Letters that carry a page: dashboards as PDF, at once and by schedule, made by the worker with the rights of who reads them."""
