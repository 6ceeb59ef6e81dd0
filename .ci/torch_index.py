"""Print the pip options for PyTorch's CPU index where that index answers within three seconds, else nothing.

Where it does not answer (a mirror, no network), pip takes what its own index offers.
"""

import sys
import urllib.error
import urllib.request

index = sys.argv[1] if len(sys.argv) > 1 else ""
if index:
    try:
        urllib.request.urlopen(f"{index.rstrip('/')}/torch/", timeout=3).close()
        sys.stdout.write(f"--retries 1 --extra-index-url {index}\n")
    except (urllib.error.URLError, TimeoutError, OSError, ValueError):
        sys.stderr.write("  (PyTorch's CPU index does not answer: taking the default index)\n")
