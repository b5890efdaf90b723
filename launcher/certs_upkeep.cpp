#include "launcher/certs_upkeep.h"

#include <algorithm>
#include <charconv>

#include "base/change_set.h"
#include "base/files.h"
#include "launcher/certs_report.h"
#include "launcher/certs_site.h"

namespace launcher {
namespace {

base::Result<std::vector<CertsRow>> http_rows(const CertsStore& http) {
  BASE_TRY(const base::Secret bytes,
           base::read_secret_file(http.path, certgen::kLargestStoreBytes));
  auto entries = certgen::read_pkcs12_certificates(bytes.bytes(), http.password);
  if (!entries.ok()) return entries.error();
  return rows_of(http.layer, entries.value());
}

/// Whether renewing helps: it gives a new end to the node's certificate, not to the CA's.
bool is_due(const std::vector<CertsRow>& rows, const CertsUpkeep& upkeep) {
  return std::any_of(rows.begin(), rows.end(), [&](const CertsRow& row) {
    return !row.facts.is_ca && days_left(row, upkeep.now) < upkeep.renew_below_days;
  });
}

std::string renew(const CertsStore& http, const CertsUpkeep& upkeep) {
  CertsRenewal renewal;
  renewal.now = upkeep.now;
  const auto renewed = renew_under_lock(http, renewal);
  if (!renewed.ok()) return "the HTTP certificate is not renewed: " + renewed.error().message;
  const certgen::CertificateFacts facts = certgen::facts_of(renewed.value().node);
  return "the HTTP certificate is renewed until " + base::format_utc(facts.not_after, "%Y-%m-%d");
}

base::Result<std::vector<std::string>> look(const CertsStore& http, const CertsUpkeep& upkeep) {
  std::vector<std::string> sentences;
  BASE_CHECK(base::recover(http.path.substr(0, http.path.rfind('/'))));
  BASE_TRY(auto rows, http_rows(http));
  if (upkeep.renew_below_days > 0 && is_due(rows, upkeep)) {
    sentences.push_back(renew(http, upkeep));
    BASE_TRY(rows, http_rows(http));
  }
  for (std::string& complaint : complaints(rows, kCertsWarningDays, upkeep.now))
    sentences.push_back(std::move(complaint));
  return sentences;
}

}  // namespace

base::Result<int> renewal_days(const Environment& environment) {
  const std::string text = environment.get("ES_RENEW_CERTS_DAYS");
  if (text.empty()) return 0;
  int days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (error != std::errc() || end != text.data() + text.size() || days < 0)
    return base::Error{base::ErrorKind::kUsage,
                       "ES_RENEW_CERTS_DAYS is '" + text + "', which is no number of days", "", 0};
  return days;
}

std::vector<std::string> look_after_certificates(const std::string& config_directory,
                                                 const Settings& settings,
                                                 const keystore::Entries& entries,
                                                 const CertsUpkeep& upkeep) {
  const auto http = find_store("http", config_directory, settings, entries);
  // A store without its password is the server's to complain about.
  if (!http.ok() || !http.value()) return {};
  auto sentences = look(*http.value(), upkeep);
  if (sentences.ok()) return std::move(sentences).value();
  return {"the certificates cannot be checked: " + http.value()->path + ": " +
          sentences.error().message};
}

}  // namespace launcher
