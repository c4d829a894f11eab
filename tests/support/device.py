"""A device with passkeys, in Python: signs as WebAuthn has it, or otherwise when it is told to."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


def text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def data_of(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))


@dataclass
class Device:
    """origin: of the page that asks. flags: what it says of its owner. count: of its uses."""

    origin: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = b"a credential of this device"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    handle: str = ""

    def create(self, options: str) -> str:
        """The answer to a challenge for a new key."""
        given = json.loads(options)
        self.handle = given["user"]["id"]
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32), -3: public.y.to_bytes(32)}
        attested = b"\0" * 16 + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        known = self._known(given["rp"]["id"], self.flags | ATTESTED) + attested
        made = {"fmt": "none", "attStmt": {}, "authData": known}
        client = self._client("webauthn.create", given["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=cbor2.dumps(made))

    def get(self, options: str) -> str:
        """The answer to a challenge to sign in."""
        given = json.loads(options)
        self.count += 1
        known, client = (
            self._known(given["rpId"], self.flags),
            self._client("webauthn.get", given["challenge"]),
        )
        signed = known + hashlib.sha256(client).digest()
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=known,
            signature=signature,
            userHandle=data_of(self.handle),
        )

    def _known(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(told).encode()

    def _answer(self, **response: bytes) -> str:
        answer: dict[str, Any] = {"id": text(self.id), "rawId": text(self.id), "type": "public-key"}
        answer["response"] = {name: text(value) for name, value in response.items()}
        answer["clientExtensionResults"] = {}
        return json.dumps(answer)
