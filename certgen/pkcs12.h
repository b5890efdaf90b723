#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "certgen/openssl_handles.h"

/// PKCS#12 stores (RFC 7292) as the JDK from 17 on writes them (behaviour page 4.4).
namespace certgen {

/// A private key with its chain, the certificate of the key first; or, without a key, one trusted
/// certificate.
struct StoreEntry {
  std::string alias;
  PrivateKey key;
  std::vector<Certificate> chain;
};

/// The bytes of a store. `password` protects the file and its keys. `now` tells keys and their
/// certificates apart, as in the JDK. Errors: kInternal.
base::Result<base::Secret> write_pkcs12(const std::vector<StoreEntry>& entries,
                                        const base::Secret& password, base::UnixSeconds now);

/// The largest store that is read. A stock one has about 10 kB.
inline constexpr std::size_t kLargestStoreBytes = std::size_t{1} << 20U;

/// The most iterations that the key derivations of one store may ask for, all together: some
/// seconds. A stock store asks for 40 000; one that somebody made to keep a start busy, for years.
inline constexpr long kMostIterations = 10'000'000;

/// The entries of a store of any writer: each key with the chain that its certificates form, then
/// the certificates that are in no chain. Errors: kData for a wrong password, kIo for bytes that
/// are no PKCS#12 store or one that asks for too many iterations, kInternal for an encryption that
/// OpenSSL's default provider lacks.
base::Result<std::vector<StoreEntry>> read_pkcs12(std::span<const std::uint8_t> bytes,
                                                  const base::Secret& password);

/// The same entries without their keys, and without a check of the MAC: one key derivation instead
/// of three or four. For looking at dates, not for trusting what was read.
base::Result<std::vector<StoreEntry>> read_pkcs12_certificates(std::span<const std::uint8_t> bytes,
                                                               const base::Secret& password);

}  // namespace certgen
