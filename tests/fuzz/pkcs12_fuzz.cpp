// The reader that skips the MAC is the one that gets deep into changed bytes; the other one stops
// at the MAC of all that were not made with the right password. Most of the corpus is not
// encrypted, so that bags are reached without a key derivation.
#include "tests/fuzz/pkcs12_fuzz.h"

#include <cstdlib>

#include "certgen/certificate_facts.h"
#include "certgen/pkcs12.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void look_at(const std::vector<certgen::StoreEntry>& entries) {
  for (const certgen::StoreEntry& entry : entries) {
    require(entry.key != nullptr || entry.chain.size() == 1);
    for (const certgen::Certificate& certificate : entry.chain)
      require(certgen::facts_of(certificate).sha256_hex.size() == 64);
    if (entry.key && !entry.chain.empty())
      require(certgen::belongs_to(entry.chain.front(), entry.key));
  }
}

}  // namespace

int fuzz_pkcs12(std::span<const std::uint8_t> bytes) {
  const auto password = base::Secret::copy_of("fuzz");
  const auto whole = certgen::read_pkcs12(bytes, password);
  if (whole.ok()) look_at(whole.value());
  const auto certificates = certgen::read_pkcs12_certificates(bytes, password);
  if (!certificates.ok()) return 0;
  look_at(certificates.value());
  for (const certgen::StoreEntry& entry : certificates.value()) require(entry.key == nullptr);
  return static_cast<int>(certificates.value().size());
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_pkcs12({data, size});
  return 0;
}
#endif
