#include "certgen/http_store.h"

#include <algorithm>
#include <utility>

#include "certgen/certificate_facts.h"
#include "certgen/stock_names.h"

namespace certgen {
namespace {

constexpr base::UnixSeconds kSecondsPerDay = 24L * 60 * 60;

base::Error not_renewable(const std::string& why) {
  return {base::ErrorKind::kConfig, "this store cannot issue certificates: " + why,
          "it must hold the key of one CA and one key signed by it, as auto-configuration makes it",
          0};
}

CertificateRequest ca_request(const Certificate& old, base::UnixSeconds now) {
  CertificateRequest ca;
  ca.common_name = facts_of(old).common_name;
  ca.not_before = now;
  ca.valid_days = kHttpCaDays;
  ca.is_ca = true;
  ca.key_usage = true;
  return ca;
}

CertificateRequest node_request(const CertificateFacts& old, const RenewalRequest& request) {
  CertificateRequest node;
  node.common_name = request.node_name.empty() ? old.common_name : request.node_name;
  node.not_before = request.now;
  node.valid_days = request.valid_days > 0 ? request.valid_days : kHttpDays;
  node.names = request.names.empty() ? old.names : request.names;
  node.key_usage = true;
  node.server_auth = true;
  return node;
}

/// A certificate that outlives its CA would be refused from the CA's end on, without a warning in
/// its own dates.
base::Result<void> end_with_ca(CertificateRequest& node, const Certificate& ca) {
  const CertificateFacts facts = facts_of(ca);
  const auto days_left = (facts.not_after - node.not_before) / kSecondsPerDay;
  if (days_left < 1)
    return base::Error{base::ErrorKind::kConfig,
                       "the HTTP CA has expired, or does so within a day: it can issue nothing",
                       "make a new one: esboot certs renew --ca", 0};
  node.valid_days = static_cast<int>(std::min<base::UnixSeconds>(node.valid_days, days_left));
  return {};
}

}  // namespace

base::Result<base::Secret> write_http_store(Identity ca, Identity node,
                                            const base::Secret& password, base::UnixSeconds now) {
  std::vector<StoreEntry> entries(2);
  entries[0] = {kHttpCaAlias, std::move(ca.key), {}};
  entries[0].chain.push_back(share(ca.certificate));
  entries[1] = {kHttpAlias, std::move(node.key), {}};
  entries[1].chain.push_back(std::move(node.certificate));
  entries[1].chain.push_back(std::move(ca.certificate));
  return write_pkcs12(entries, password, now);
}

base::Result<HttpStore> find_http_identities(std::vector<StoreEntry> entries) {
  HttpStore found;
  for (StoreEntry& entry : entries) {
    if (!entry.key || entry.chain.empty()) continue;
    const bool is_ca = facts_of(entry.chain.front()).is_ca;
    Identity& identity = is_ca ? found.ca : found.node;
    if (identity.key) return not_renewable(is_ca ? "it has two CA keys" : "it has two node keys");
    identity = {std::move(entry.key), std::move(entry.chain.front())};
  }
  if (!found.ca.key) return not_renewable("it has no CA key");
  if (!found.node.key) return not_renewable("it has no node key");
  return found;
}

base::Result<Renewal> renew_http_store(HttpStore old, const RenewalRequest& request,
                                       const base::Secret& password) {
  const KeyType type = type_of(old.node.key);
  CertificateRequest node = node_request(facts_of(old.node.certificate), request);
  BASE_CHECK(check_common_name(node.common_name));
  BASE_CHECK(check_names(node.names));
  if (!request.new_ca) BASE_CHECK(end_with_ca(node, old.ca.certificate));
  BASE_TRY(auto keys, make_keys(type, request.key_search, request.new_ca ? 2 : 1, request.on_key));
  Renewal renewal;
  BASE_TRY(renewal.old_ca_pem, certificate_pem(old.ca.certificate));
  if (request.new_ca) {
    BASE_TRY(old.ca, self_signed(ca_request(old.ca.certificate, request.now), std::move(keys[1])));
    BASE_CHECK(end_with_ca(node, old.ca.certificate));
  }
  BASE_TRY(Identity renewed, signed_by(old.ca, node, std::move(keys[0])));
  BASE_TRY(renewal.ca_pem, certificate_pem(old.ca.certificate));
  renewal.ca = share(old.ca.certificate);
  renewal.node = share(renewed.certificate);
  BASE_TRY(renewal.http_p12,
           write_http_store(std::move(old.ca), std::move(renewed), password, request.now));
  return renewal;
}

}  // namespace certgen
