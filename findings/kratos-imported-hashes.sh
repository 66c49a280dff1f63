#!/usr/bin/env bash
# Ory Kratos 1.3.1: a password's hash that it cannot read is imported with 201, and its owner is told to look for a typing mistake.
#
# Guess: hashes are imported as other libraries write them (the format is the PHC's, with names such as `ln` and `m`), and
#        one that Kratos cannot read is refused at import, as a hash of an unknown name is.
# Seen:  only the name of the hash is looked at. passlib's scrypt and PBKDF2, and an Argon2 whose parameters stand in another
#        order, are taken, stored, and never right: the login asks to "check for spelling mistakes". scrypt is right once
#        `ln`, the logarithm of the cost elsewhere, is the cost itself and salt and hash are padded; PBKDF2 only without
#        padding. `$6$…`, which openssl and /etc/shadow have, is refused; with its name spelled out it is right.
#
# Needs go, a C compiler, and python3 with venv.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
serve kratos
quietly python3 -m venv python
quietly python/bin/pip install passlib==1.7.4 argon2-cffi==25.1.0
cat >hashes.py <<'PYTHON'
import base64, hashlib
from passlib import hash

PASSWORD = "correct horse battery staple"
SALT = b"0123456789abcdef"
text = lambda data: base64.b64encode(data).decode()
bare = lambda data: text(data).rstrip("=")
scrypt = hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=1 << 14, r=8, p=1, dklen=32)
pbkdf2 = hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT, 29000)
HASHES = [
    hash.scrypt.using(salt=SALT, rounds=14).hash(PASSWORD),
    f"$scrypt$ln=14,r=8,p=1${text(SALT)}${text(scrypt)}",
    f"$scrypt$ln=16384,r=8,p=1${bare(SALT)}${bare(scrypt)}",
    f"$scrypt$ln=16384,r=8,p=1${text(SALT)}${text(scrypt)}",
    hash.pbkdf2_sha256.using(salt=SALT, rounds=29000).hash(PASSWORD),
    f"$pbkdf2-sha256$i=29000,l=32${text(SALT)}${text(pbkdf2)}",
    f"$pbkdf2-sha256$i=29000,l=32${bare(SALT)}${bare(pbkdf2)}",
    hash.argon2.using(salt=SALT, memory_cost=64, rounds=2, parallelism=1).hash(PASSWORD),
    hash.argon2.using(salt=SALT, memory_cost=64, rounds=2, parallelism=1).hash(PASSWORD).replace("m=64,t=2", "t=2,m=64"),
    hash.sha512_crypt.using(salt="0123456789abcdef", rounds=5000).hash(PASSWORD),
    hash.sha512_crypt.using(salt="0123456789abcdef", rounds=5000).hash(PASSWORD).replace("$6$", "$sha512-crypt$"),
]
PYTHON
python/bin/python -c 'import hashes, json; print(json.dumps([hashes.PASSWORD, hashes.HASHES]))' >hashes.json
expect "$(asking <<'PYTHON'
password, hashes = json.load(open("hashes.json"))
for number, text in enumerate(hashes):
    email = f"p{number}@mail.example"
    credentials = {"password": {"config": {"hashed_password": text}}}
    status, answer = ask("POST", "/admin/identities", {"schema_id": "person", "traits": {"email": email}, "credentials": credentials})
    says = ""
    if status == 201:
        _, flow = ask("GET", "/self-service/login/api", port=PUBLIC)
        login = {"method": "password", "identifier": email, "password": password}
        status, answer = ask("POST", "/self-service/login?flow=" + flow["id"], login, port=PUBLIC)
        says = ", login " + (str(status) if status == 200 else answer["ui"]["messages"][0]["text"].split(" in ")[0])
        status = 201
    print(text[:46], f"import {status}{says}")
PYTHON
)" <<'WANTED'
$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$t import 201, login The provided credentials are invalid, check for spelling mistakes
$scrypt$ln=14,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg== import 201, login The provided credentials are invalid, check for spelling mistakes
$scrypt$ln=16384,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZ import 201, login The provided credentials are invalid, check for spelling mistakes
$scrypt$ln=16384,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZ import 201, login 200
$pbkdf2-sha256$29000$MDEyMzQ1Njc4OWFiY2RlZg$va import 201, login The provided credentials are invalid, check for spelling mistakes
$pbkdf2-sha256$i=29000,l=32$MDEyMzQ1Njc4OWFiY2 import 201, login The provided credentials are invalid, check for spelling mistakes
$pbkdf2-sha256$i=29000,l=32$MDEyMzQ1Njc4OWFiY2 import 201, login 200
$argon2id$v=19$m=64,t=2,p=1$MDEyMzQ1Njc4OWFiY2 import 201, login 200
$argon2id$v=19$t=2,m=64,p=1$MDEyMzQ1Njc4OWFiY2 import 201, login The provided credentials are invalid, check for spelling mistakes
$6$0123456789abcdef$IRwkwpJLTGr5pPic8OsdjqEO70 import 400
$sha512-crypt$0123456789abcdef$IRwkwpJLTGr5pPi import 201, login 200
WANTED
