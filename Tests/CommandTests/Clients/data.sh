# For cases: what is in a page of runs.

# The value of a Python expression over the page's data, d.
data() {
  python3 - "$1" "$2" <<'PYTHON'
import base64, json, re, sys, zlib
page = open(sys.argv[1], encoding="utf-8", newline="").read()
text = re.search(r'<script type="application/octet-stream" id="data">([A-Za-z0-9+/=]*)</script>', page).group(1)
d = json.loads(zlib.decompress(base64.b64decode(text)))
value = eval(sys.argv[2])
print(*(value if isinstance(value, tuple) else (value,)))
PYTHON
}

# The bytes of a picture.
picture() {
  python3 - "$1" "$2" <<'PYTHON'
import base64, re, sys
page = open(sys.argv[1], encoding="utf-8", newline="").read()
text = re.search(rf'id="picture-{sys.argv[2]}">([A-Za-z0-9+/=]*)</script>', page).group(1)
sys.stdout.buffer.write(base64.b64decode(text))
PYTHON
}

# Whether the script and the style sheet of a page are those that its policy allows, and the only ones.
check_policy() {
  python3 - "$1" <<'PYTHON'
import base64, hashlib, re, sys
page = open(sys.argv[1], encoding="utf-8", newline="").read()
policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page).group(1)
found = re.findall(r"<script>(.*?)</script>", page, re.S) + re.findall(r"<style>(.*?)</style>", page, re.S)
hashes = ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in found]
named = re.findall(r"sha256-[A-Za-z0-9+/=]*", policy)
assert len(found) == 2 and "unsafe" not in policy, policy
print("the script and the style sheet are those that the policy names" if hashes == named else (hashes, named))
PYTHON
}
