"""What people write and attach: notes with mentions, and files, on deals, contacts and companies.

Words: a *note* is text by a member on a subject; a *mention* tells a colleague about it; an *attachment* is a file of a
subject, stored under the hash of its content.

Always true here: a stored file is never run nor shown as a page; a note or an attachment taken away is kept in the bin.
"""
