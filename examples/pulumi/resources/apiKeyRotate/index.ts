import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key that has to end now. Only the owner of the private key opens the new secret.
const leaked = new ory.ApiKeyRotate("leaked", {
    keyId: "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f",
    sealTo: JSON.stringify({
        kty: "RSA",
        n: "ugFHX23gkqMbrKt7jF4e5xfwi4YUCZNYy7B3tLJ7cgo8ahCB38QljspITJ68-XGC_UFt8PXYdZqq-9FrDvMFOf2Ccnn_4KQ1ee3W54_ljtrd8pfoM0KYirzvkZ5qwEd6DaOMxYZuk3VwbgTuxya-DGwOaHKKFL_ei6jnbPb3vB5HOlNT3axeTaYF_cuYG8MJJUBPQ6wviuXWEbEG-oWEAoDzjEBQGdsVtXZsmWIknNhXvlSQnaf8OuHpQHYr2-AuaHR8TSAW7xA_M_mCsGV50QNjTLJhOMjnec_q7BYWYyBwooDij6QKGlUDNtBOxUje-9OZU44EFI8qTl45q2co_Q",
        e: "AQAB",
    }),
});
