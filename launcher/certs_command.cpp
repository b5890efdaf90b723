#include "launcher/certs_command.h"

#include <unistd.h>

#include <vector>

#include "base/change_set.h"
#include "base/clock.h"
#include "base/files.h"
#include "launcher/certs_issue.h"
#include "launcher/certs_options.h"
#include "launcher/certs_renewal.h"
#include "launcher/certs_report.h"
#include "launcher/certs_site.h"
#include "launcher/console.h"
#include "launcher/exit_code.h"

namespace launcher {
namespace {

base::Result<std::vector<CertsRow>> all_rows(const CertsSite& site) {
  std::vector<CertsRow> rows;
  for (const CertsStore& store : site.stores) {
    BASE_TRY(const auto entries, open_store(store));
    for (CertsRow& row : rows_of(store.layer, entries)) rows.push_back(std::move(row));
  }
  return rows;
}

base::Result<int> show(const CertsOptions& options, const CertsSite& site) {
  BASE_TRY(const auto rows, all_rows(site));
  const base::UnixSeconds now = base::now();
  console::print_raw(options.json ? as_json(rows, now) : as_table(rows, now));
  return 0;
}

base::Result<int> check(const CertsOptions& options, const CertsSite& site) {
  BASE_TRY(const auto rows, all_rows(site));
  const base::UnixSeconds now = base::now();
  if (options.json) console::print_raw(as_json(rows, now));
  if (options.prometheus) console::print_raw(as_prometheus(rows));
  for (const std::string& sentence : complaints(rows, options.limit_days, now))
    console::warn(sentence);
  return check_exit_code(rows, options.limit_days, now);
}

/// One line on a terminal that is written over, nothing elsewhere.
void show_progress(int done, int wanted) {
  if (!console::is_terminal(STDERR_FILENO)) return;
  console::write_text(STDERR_FILENO, "\rkeys made: " + std::to_string(done) + " of " +
                                         std::to_string(wanted) + (done == wanted ? "\n" : ""));
}

base::Result<int> renew(const CertsOptions& options, const CertsSite& site) {
  CertsRenewal renewal;
  renewal.new_ca = options.new_ca;
  renewal.keep_old_ca = options.keep_old_ca;
  renewal.replace_names = options.replace_names;
  renewal.names = options.names;
  renewal.valid_days = options.valid_days;
  renewal.key_search = options.key_search;
  renewal.now = base::now();
  renewal.on_key = show_progress;
  BASE_TRY(const certgen::Renewal renewed, renew_http_certificate(site, renewal));
  const certgen::CertificateFacts node = certgen::facts_of(renewed.node);
  console::print("renewed: " + node.subject + " until " +
                 base::format_utc(node.not_after, "%Y-%m-%d"));
  if (renewal.new_ca)
    console::print("new CA: SHA-256 fingerprint " + certgen::facts_of(renewed.ca).sha256_hex);
  return 0;
}

base::Result<base::Secret> exported(const certgen::HttpStore& store, ExportedPart part) {
  if (part == ExportedPart::kKey) return certgen::private_key_pem(store.node.key);
  BASE_TRY(const std::string ca, certgen::certificate_pem(store.ca.certificate));
  if (part == ExportedPart::kCa) return base::Secret::copy_of(ca);
  BASE_TRY(const std::string node, certgen::certificate_pem(store.node.certificate));
  return base::Secret::copy_of(node + ca);
}

base::Result<int> export_part(const CertsOptions& options, const CertsSite& site) {
  BASE_TRY(const CertsStore* store, http_store_of(site));
  BASE_TRY(auto entries, open_store(*store));
  BASE_TRY(const certgen::HttpStore found, certgen::find_http_identities(std::move(entries)));
  BASE_TRY(base::Secret pem, exported(found, options.part));
  if (options.out.empty()) {
    console::print_raw(pem.expose());
    return 0;
  }
  const mode_t mode = options.part == ExportedPart::kKey ? 0600 : 0644;
  BASE_CHECK(write_new_file(options.out, std::move(pem), mode));
  return 0;
}

base::Result<int> run(std::span<char* const> arguments, const std::string& invoked_as) {
  BASE_TRY(const CertsOptions options,
           parse_certs_options(std::vector<std::string>(arguments.begin(), arguments.end())));
  if (!options.help.empty()) {
    console::print_raw(options.help);
    return 0;
  }
  if (options.verb == CertsVerb::kIssue) return issue_certificates(options, show_progress);
  BASE_TRY(const CertsSite site, observe_certs(invoked_as, read_environment(), options.passphrase));
  switch (*options.verb) {
    case CertsVerb::kShow:
      return show(options, site);
    case CertsVerb::kCheck:
      return check(options, site);
    case CertsVerb::kRenew:
      return renew(options, site);
    case CertsVerb::kExport:
      return export_part(options, site);
    case CertsVerb::kIssue:
      break;
  }
  return 0;
}

}  // namespace

int run_certs_command(const std::string& invoked_as, std::span<char* const> arguments) {
  const auto done = run(arguments, invoked_as);
  if (done.ok()) return done.value();
  console::report(done.error());
  return exit_code_of(done.error().kind);
}

}  // namespace launcher
