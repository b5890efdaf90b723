#include "certgen/tls_material.h"

#include <future>
#include <utility>

#include "base/random.h"
#include "certgen/http_store.h"
#include "certgen/identity.h"
#include "certgen/pkcs12.h"
#include "certgen/stock_names.h"

namespace certgen {
namespace {

CertificateRequest ca_request(const TlsRequest& request, const char* name, int days) {
  CertificateRequest ca;
  ca.common_name = name;
  ca.not_before = request.now;
  ca.valid_days = days;
  ca.is_ca = true;
  return ca;
}

CertificateRequest node_request(const TlsRequest& request, int days) {
  CertificateRequest node;
  node.common_name = request.node_name;
  node.not_before = request.now;
  node.valid_days = days;
  return node;
}

CertificateRequest http_ca_request(const TlsRequest& request) {
  CertificateRequest ca = ca_request(request, kHttpCaName, kHttpCaDays);
  ca.key_usage = request.distinct_ca_names_and_key_usage;
  return ca;
}

CertificateRequest http_request(const TlsRequest& request) {
  CertificateRequest node = node_request(request, kHttpDays);
  for (const SubjectAltName& name : request.http_names)
    if (!name.value.empty()) node.names.push_back(name);
  node.key_usage = request.distinct_ca_names_and_key_usage;
  node.server_auth = true;
  return node;
}

base::Result<void> seal_transport(TlsMaterial& material, const Certificate& ca, Identity node,
                                  base::UnixSeconds now) {
  std::vector<StoreEntry> entries(2);
  entries[0] = {kTransportAlias, std::move(node.key), {}};
  entries[0].chain.push_back(std::move(node.certificate));
  entries[1].alias = kTransportCaAlias;
  entries[1].chain.push_back(share(ca));
  BASE_TRY(material.transport_password, base::random_uuid_base64());
  BASE_TRY(material.transport_p12, write_pkcs12(entries, material.transport_password, now));
  return {};
}

base::Result<void> seal_http(TlsMaterial& material, Identity ca, Identity node,
                             base::UnixSeconds now) {
  BASE_TRY(material.http_password, base::random_uuid_base64());
  BASE_TRY(material.http_p12,
           write_http_store(std::move(ca), std::move(node), material.http_password, now));
  return {};
}

base::Result<PemMaterial> pem_of(const Identity& transport, const Certificate& transport_ca,
                                 const Identity& http, const Identity& http_ca) {
  PemMaterial pem;
  BASE_TRY(pem.http_ca_key, private_key_pem(http_ca.key));
  BASE_TRY(pem.http_key, private_key_pem(http.key));
  BASE_TRY(const std::string node, certificate_pem(http.certificate));
  BASE_TRY(const std::string ca, certificate_pem(http_ca.certificate));
  pem.http_chain = node + ca;
  BASE_TRY(pem.transport_key, private_key_pem(transport.key));
  BASE_TRY(pem.transport_cert, certificate_pem(transport.certificate));
  BASE_TRY(pem.transport_ca, certificate_pem(transport_ca));
  return pem;
}

/// Both stores at once: what is left to do is mostly key derivation, two milliseconds for each part
/// of a store, and the stores know nothing of each other.
base::Result<TlsMaterial> seal(const TlsRequest& request, Identity transport,
                               const Certificate& transport_ca, Identity http, Identity http_ca) {
  TlsMaterial material;
  BASE_TRY(material.http_ca_pem, certificate_pem(http_ca.certificate));
  BASE_TRY(material.http_ca_sha256_hex, certificate_sha256_hex(http_ca.certificate));
  if (request.format == StoreFormat::kPem) {
    BASE_TRY(material.pem, pem_of(transport, transport_ca, http, http_ca));
    return material;
  }
  auto transport_done = std::async(
      [&] { return seal_transport(material, transport_ca, std::move(transport), request.now); });
  base::Result<void> http_done =
      seal_http(material, std::move(http_ca), std::move(http), request.now);
  BASE_CHECK(transport_done.get());
  BASE_CHECK(std::move(http_done));
  return material;
}

base::Error bad_field(base::Error error, const char* field) {
  error.kind = base::ErrorKind::kData;
  error.message = std::string("field ") + field + " of the enrollment response: " + error.message;
  return error;
}

base::Result<Identity> parse_identity(const base::Secret& key, const char* key_field,
                                      const std::vector<std::uint8_t>& certificate,
                                      const char* certificate_field) {
  auto parsed_key = parse_private_key(key.bytes());
  if (!parsed_key.ok()) return bad_field(std::move(parsed_key).error(), key_field);
  auto parsed = parse_certificate(certificate);
  if (!parsed.ok()) return bad_field(std::move(parsed).error(), certificate_field);
  if (!belongs_to(parsed.value(), parsed_key.value()))
    return bad_field({base::ErrorKind::kData, "the key is not the one of the certificate", "", 0},
                     key_field);
  return Identity{std::move(parsed_key).value(), std::move(parsed).value()};
}

}  // namespace

base::Result<TlsMaterial> make_enrolled_material(const TlsRequest& request,
                                                 const EnrolledCredentials& received) {
  BASE_CHECK(check_common_name(request.node_name));
  BASE_CHECK(check_names(http_request(request).names));
  BASE_TRY(Identity http_ca, parse_identity(received.http_ca_key, "http_ca_key",
                                            received.http_ca_cert, "http_ca_cert"));
  BASE_TRY(Identity transport, parse_identity(received.transport_key, "transport_key",
                                              received.transport_cert, "transport_cert"));
  auto transport_ca = parse_certificate(received.transport_ca_cert);
  if (!transport_ca.ok()) return bad_field(std::move(transport_ca).error(), "transport_ca_cert");
  BASE_TRY(auto keys, make_keys(request.key_type, request.key_search, 1, request.on_key));
  BASE_TRY(Identity http, signed_by(http_ca, http_request(request), std::move(keys[0])));
  return seal(request, std::move(transport), transport_ca.value(), std::move(http),
              std::move(http_ca));
}

base::Result<TlsMaterial> make_tls_material(const TlsRequest& request) {
  // Before the expensive part.
  BASE_CHECK(check_common_name(request.node_name));
  BASE_CHECK(check_names(http_request(request).names));
  BASE_TRY(auto keys, make_keys(request.key_type, request.key_search, 4, request.on_key));
  const char* transport_ca_name =
      request.distinct_ca_names_and_key_usage ? kTransportCaName : kHttpCaName;
  BASE_TRY(const Identity transport_ca,
           self_signed(ca_request(request, transport_ca_name, kTransportDays), std::move(keys[0])));
  BASE_TRY(Identity transport,
           signed_by(transport_ca, node_request(request, kTransportDays), std::move(keys[1])));
  BASE_TRY(Identity http_ca, self_signed(http_ca_request(request), std::move(keys[2])));
  BASE_TRY(Identity http, signed_by(http_ca, http_request(request), std::move(keys[3])));
  return seal(request, std::move(transport), transport_ca.certificate, std::move(http),
              std::move(http_ca));
}

}  // namespace certgen
