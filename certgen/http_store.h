#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "certgen/identity.h"
#include "certgen/keys.h"
#include "certgen/pkcs12.h"

/// http.p12 for life: the store that holds the HTTP certificate of a node and the key of the CA
/// that signed it (behaviour page 4.4).
namespace certgen {

/// A store as stock makes it: `http_ca` and `http`, the latter with the CA in its chain.
base::Result<base::Secret> write_http_store(Identity ca, Identity node,
                                            const base::Secret& password, base::UnixSeconds now);

struct HttpStore {
  Identity ca;
  Identity node;
};

/// Finds the CA and the node among the entries of a store. Error: kConfig where there is not
/// exactly one CA key and one other key: from such a store no certificate can be renewed, nor does
/// enrollment work.
base::Result<HttpStore> find_http_identities(std::vector<StoreEntry> entries);

struct RenewalRequest {
  /// For the new certificate; empty: the names of the old one.
  std::vector<SubjectAltName> names;
  std::string node_name;  ///< empty: the common name of the old certificate
  bool new_ca = false;
  int valid_days = 0;  ///< of the node's certificate; 0: as stock. Never beyond the CA's end.
  KeySearch key_search = KeySearch::kParallel;
  base::UnixSeconds now = 0;
  OnKey on_key;  ///< or empty
};

struct Renewal {
  base::Secret http_p12;
  std::string ca_pem;  ///< of the CA that signed the new certificate
  std::string old_ca_pem;
  Certificate ca;
  Certificate node;
};

/// A new key of the same type with a new certificate, from the CA of the store or from a new one of
/// the same name. Errors: kConfig where the CA has expired (and no new one is asked for) or a name
/// cannot stand in a certificate, kInternal.
base::Result<Renewal> renew_http_store(HttpStore old, const RenewalRequest& request,
                                       const base::Secret& password);

}  // namespace certgen
