#include "certgen/identity.h"

#include <utility>

namespace certgen {

base::Result<Identity> self_signed(const CertificateRequest& request, PrivateKey key) {
  BASE_TRY(Certificate certificate, make_certificate(request, key, nullptr, nullptr));
  return Identity{std::move(key), std::move(certificate)};
}

base::Result<Identity> signed_by(const Identity& issuer, const CertificateRequest& request,
                                 PrivateKey key) {
  BASE_TRY(Certificate certificate, make_certificate(request, key, issuer.certificate, issuer.key));
  return Identity{std::move(key), std::move(certificate)};
}

}  // namespace certgen
