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

}  // namespace certgen
