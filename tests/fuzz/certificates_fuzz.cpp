// What certificate files hold: those of an operator, of another tool, and of a cluster that is
// joined.
#include "tests/fuzz/certificates_fuzz.h"

#include <cstdlib>

#include "certgen/certificate_facts.h"
#include "certgen/certificates.h"
#include "certgen/keys.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(const certgen::Certificate& certificate) {
  require(certgen::facts_of(certificate).sha256_hex.size() == 64);
  (void)certgen::subject_text(certificate);
  (void)certgen::may_have_issued(certificate, certificate);
  const auto der = certgen::certificate_der(certificate);
  require(der.ok());
  const auto again = certgen::parse_certificate(der.value());
  require(again.ok() && certgen::is_same(certificate, again.value()));
  const auto pem = certgen::certificate_pem(certificate);
  require(pem.ok() && certgen::parse_certificates_pem(pem.value()).ok());
}

}  // namespace

bool fuzz_certificates(Bytes bytes) {
  const base::Secret secret = base::Secret::copy_of(bytes);
  const auto several = certgen::parse_certificates_pem(secret.expose());
  if (several.ok())
    for (const certgen::Certificate& each : several.value()) look_at(each);
  const auto one = certgen::parse_certificate(bytes);
  if (one.ok()) look_at(one.value());
  // OpenSSL takes milliseconds to set up a decoder, so only what could be a key goes there: a
  // SEQUENCE of DER, or text with a PEM boundary.
  bool is_key = false;
  const auto look_at_key = [&](const base::Result<certgen::PrivateKey>& key) {
    is_key = is_key || key.ok();
    if (key.ok() && one.ok()) (void)certgen::belongs_to(one.value(), key.value());
  };
  constexpr std::uint8_t kSequence = 0x30;
  if (!bytes.empty() && bytes.front() == kSequence) look_at_key(certgen::parse_private_key(bytes));
  if (secret.expose().find("-----BEGIN ") != std::string_view::npos)
    look_at_key(certgen::parse_private_key_pem(secret));
  return several.ok() || one.ok() || is_key;
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_certificates({data, size});
  return 0;
}
#endif
