#pragma once

#include "base/result.h"
#include "certgen/certificates.h"
#include "certgen/openssl_handles.h"

namespace certgen {

/// A private key with its certificate.
struct Identity {
  PrivateKey key;
  Certificate certificate;
};

/// As make_certificate, with the key as its own issuer.
base::Result<Identity> self_signed(const CertificateRequest& request, PrivateKey key);

base::Result<Identity> signed_by(const Identity& issuer, const CertificateRequest& request,
                                 PrivateKey key);

}  // namespace certgen
