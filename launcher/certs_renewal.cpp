#include "launcher/certs_renewal.h"
#include "launcher/configuration_lock.h"

#include "base/change_set.h"
#include "base/files.h"
#include "certgen/certificate_facts.h"

namespace launcher {
namespace {

constexpr const char* kHttpCaFile = "http_ca.crt";

struct StorePlace {
  std::string directory;
  std::string name;
};

StorePlace split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return {path.substr(0, slash), path.substr(slash + 1)};
}

certgen::RenewalRequest request_for(const CertsRenewal& renewal, const certgen::HttpStore& old) {
  certgen::RenewalRequest request;
  if (!renewal.replace_names) request.names = certgen::facts_of(old.node.certificate).names;
  request.names.insert(request.names.end(), renewal.names.begin(), renewal.names.end());
  request.new_ca = renewal.new_ca;
  request.valid_days = renewal.valid_days;
  request.key_search = renewal.key_search;
  request.now = renewal.now;
  request.on_key = renewal.on_key;
  return request;
}

base::ChangeSet changes_for(const StorePlace& place, certgen::Renewal& renewed,
                            const CertsRenewal& renewal) {
  base::ChangeSet changes;
  changes.directory = place.directory;
  // First what clients trust, then what the node shows them.
  if (renewal.new_ca)
    changes.files.push_back(
        {kHttpCaFile,
         base::Secret::copy_of(renewed.ca_pem + (renewal.keep_old_ca ? renewed.old_ca_pem : "")),
         0660, false});
  changes.files.push_back({place.name, renewed.http_p12.clone(), 0660, false});
  return changes;
}

}  // namespace

base::Result<certgen::Renewal> renew_under_lock(const CertsStore& http,
                                                const CertsRenewal& renewal) {
  const StorePlace place = split_path(http.path);
  BASE_CHECK(base::recover(place.directory));
  BASE_TRY(auto entries, open_store(http));
  auto old = certgen::find_http_identities(std::move(entries));
  if (!old.ok()) {
    old.error().message = http.path + ": " + old.error().message;
    return old.error();
  }
  const certgen::RenewalRequest request = request_for(renewal, old.value());
  BASE_TRY(certgen::Renewal renewed,
           certgen::renew_http_store(std::move(old).value(), request, http.password));
  BASE_CHECK(commit_change(changes_for(place, renewed, renewal)));
  return renewed;
}

base::Result<certgen::Renewal> renew_http_certificate(const CertsSite& site,
                                                      const CertsRenewal& renewal) {
  BASE_TRY(const CertsStore* store, http_store_of(site));
  BASE_TRY(const base::DirectoryLock lock, base::DirectoryLock::acquire(site.config_directory));
  return renew_under_lock(*store, renewal);
}

}  // namespace launcher
