"""The built site as the service sees it: its manifest, its pages, how it is made and swapped in.

    manifest   which threads exist and take comments
    pages      whether a built page shows a comment in exactly this wording
    build      Pelican as a child process, beside the live site
    swap       two folders change places, whole

Pelican itself is never imported here.
"""
