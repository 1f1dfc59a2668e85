"""Without a network a program is told so, at once, in words that say what is missing."""
import errno, socket, time, urllib.error, urllib.request

start = time.monotonic()
try:
    urllib.request.urlopen("http://127.0.0.1:9/", timeout=5)
except urllib.error.URLError as error:
    assert error.reason.errno == errno.EAFNOSUPPORT, error
    assert "Address family not supported" in str(error), error
try:
    urllib.request.urlopen("http://host.invalid/", timeout=5)
except urllib.error.URLError as error:
    assert isinstance(error.reason, socket.gaierror), error
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET, socket.AF_VSOCK):
    try:
        socket.socket(family)
    except OSError as error:
        assert error.errno == errno.EAFNOSUPPORT, (family, error)
    else:
        raise AssertionError(family)
socket.gethostname()
assert time.monotonic() - start < 2
print("well")
