#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "certgen/certificate_facts.h"
#include "certgen/pkcs12.h"

/// What `certs show` and `certs check` say, as text.
namespace launcher {

/// One certificate of a store.
struct CertsRow {
  std::string layer;
  std::string alias;
  bool has_key = false;
  certgen::CertificateFacts facts;
};

/// Every certificate of a store once: the first one of each entry, then those further up a chain
/// that are no entry's first.
[[nodiscard]] std::vector<CertsRow> rows_of(const std::string& layer,
                                            const std::vector<certgen::StoreEntry>& entries);

/// Whole days until `row` ends, rounded down; negative where it has ended.
[[nodiscard]] long days_left(const CertsRow& row, base::UnixSeconds now);

/// 0 where every certificate lasts for `limit_days` more, 1 where one does not, 2 where one has
/// expired.
[[nodiscard]] int check_exit_code(const std::vector<CertsRow>& rows, int limit_days,
                                  base::UnixSeconds now);

[[nodiscard]] std::string as_table(const std::vector<CertsRow>& rows, base::UnixSeconds now);
[[nodiscard]] std::string as_json(const std::vector<CertsRow>& rows, base::UnixSeconds now);
/// The text format of Prometheus: esboot_certificate_not_after_seconds, by layer, alias and
/// subject.
[[nodiscard]] std::string as_prometheus(const std::vector<CertsRow>& rows);
/// One sentence for each certificate that has ended or does so within the limit.
[[nodiscard]] std::vector<std::string> complaints(const std::vector<CertsRow>& rows, int limit_days,
                                                  base::UnixSeconds now);

}  // namespace launcher
