"""The built site as the service sees it: its manifest, its pages, how it is made and swapped in.

    manifest   which threads exist and take comments
    pages      whether a built page shows a comment in exactly this wording
    build      a new site beside the live one
    child      Pelican as a child process
    last_good  what stands in for a faulty article or page
    stamp      for which address a site was built
    swap       two folders change places, whole

Pelican itself is never imported here.
"""
