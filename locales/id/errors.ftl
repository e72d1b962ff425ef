### Texts of the refusals and errors that a server or a file gives.
