#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "certgen/certificates.h"
#include "certgen/keys.h"

/// Keys, certificates and PKCS#12 stores as the stock auto-configuration makes them (behaviour page
/// 4.3 and 4.4), as values. Nothing here touches a file.
namespace certgen {

/// What keys and certificates are put into.
enum class StoreFormat {
  kPkcs12,  ///< as stock, under a new password
  kPem,     ///< plain files; the keys are not encrypted
};

struct TlsRequest {
  std::string node_name;  ///< becomes the subject CN=<node_name>
  /// Names of the HTTP certificate; empty values and repetitions are left out.
  std::vector<SubjectAltName> http_names;
  /// From 8.17 on: the transport CA has a name of its own and certificates carry KeyUsage.
  bool distinct_ca_names_and_key_usage = true;
  KeySearch key_search = KeySearch::kParallel;
  KeyType key_type = KeyType::kRsa4096;
  StoreFormat format = StoreFormat::kPkcs12;
  base::UnixSeconds now = 0;
  OnKey on_key;  ///< or empty
};

/// The same as the two stores hold, each as PEM. Keys are PKCS#8.
struct PemMaterial {
  base::Secret http_ca_key;
  base::Secret http_key;
  std::string http_chain;  ///< the certificate of the node, then the CA
  base::Secret transport_key;
  std::string transport_cert;
  std::string transport_ca;
};

/// What a first start needs, complete. Stores and passwords are empty for StoreFormat::kPem, `pem`
/// is for kPkcs12.
struct TlsMaterial {
  std::string http_ca_pem;     ///< certs/http_ca.crt
  base::Secret http_p12;       ///< certs/http.p12
  base::Secret transport_p12;  ///< certs/transport.p12
  base::Secret http_password;  ///< of http.p12, store and keys
  base::Secret transport_password;
  PemMaterial pem;
  std::string http_ca_sha256_hex;  ///< of the DER of the HTTP CA certificate, lower case
};

/// Errors: kConfig for a node name or address that no certificate can carry, kInternal otherwise.
base::Result<TlsMaterial> make_tls_material(const TlsRequest& request);

/// What the enroll node API answers with, each as DER (behaviour page 4.6): the keys as PKCS#8.
struct EnrolledCredentials {
  base::Secret http_ca_key;
  std::vector<std::uint8_t> http_ca_cert;
  base::Secret transport_key;
  std::vector<std::uint8_t> transport_cert;
  std::vector<std::uint8_t> transport_ca_cert;
};

/// The material of a node that joins: transport key and certificates and the HTTP CA as received,
/// and a new HTTP key with a certificate of that CA. `request.key_type` is for that one key.
/// Errors: kData for a field that cannot be parsed or a key that does not fit its certificate,
/// kConfig and kInternal as above.
base::Result<TlsMaterial> make_enrolled_material(const TlsRequest& request,
                                                 const EnrolledCredentials& received);

}  // namespace certgen
