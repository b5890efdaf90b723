#include "launcher/certs_report.h"

#include "base/json_text.h"

#include <algorithm>
#include <array>

namespace launcher {
namespace {

constexpr base::UnixSeconds kSecondsPerDay = 24L * 60 * 60;
constexpr const char* kIsoForm = "%Y-%m-%dT%H:%M:%SZ";
constexpr const char* kDayForm = "%Y-%m-%d";

std::string names_text(const certgen::CertificateFacts& facts) {
  std::string text;
  for (const certgen::SubjectAltName& name : facts.names) {
    if (!text.empty()) text += ", ";
    text += name.value;
  }
  return text;
}

/// Columns of fixed width; the last one is as long as it is.
std::string table_line(const std::array<std::string, 6>& cells) {
  static constexpr std::array<std::size_t, 5> kWidths{11, 23, 12, 7, 10};
  std::string line;
  for (std::size_t i = 0; i < kWidths.size(); ++i)
    line +=
        cells[i] + std::string(std::max(kWidths[i], cells[i].size() + 1) - cells[i].size(), ' ');
  return line + cells.back() + "\n";
}

/// Escapes of a label value: backslash, double quote and line feed.
std::string label(const std::string& value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    if (c == '\n')
      text += "\\n";
    else
      text += c;
  }
  return text;
}

bool is_listed(const std::vector<CertsRow>& rows, const certgen::CertificateFacts& facts) {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const CertsRow& row) { return row.facts.sha256_hex == facts.sha256_hex; });
}

}  // namespace

std::vector<CertsRow> rows_of(const std::string& layer,
                              const std::vector<certgen::StoreEntry>& entries) {
  std::vector<CertsRow> rows;
  const auto add = [&](const certgen::Certificate& certificate, const std::string& alias,
                       bool has_key) {
    const certgen::CertificateFacts facts = certgen::facts_of(certificate);
    if (!is_listed(rows, facts)) rows.push_back({layer, alias, has_key, facts});
  };
  for (const certgen::StoreEntry& entry : entries)
    if (!entry.chain.empty()) add(entry.chain.front(), entry.alias, entry.key != nullptr);
  for (const certgen::StoreEntry& entry : entries)
    for (std::size_t i = 1; i < entry.chain.size(); ++i)
      add(entry.chain[i], entry.alias + " (chain)", false);
  return rows;
}

long days_left(const CertsRow& row, base::UnixSeconds now) {
  const base::UnixSeconds left = row.facts.not_after - now;
  return left >= 0 ? left / kSecondsPerDay : -((-left + kSecondsPerDay - 1) / kSecondsPerDay);
}

int check_exit_code(const std::vector<CertsRow>& rows, int limit_days, base::UnixSeconds now) {
  int code = 0;
  for (const CertsRow& row : rows) {
    const long days = days_left(row, now);
    code = std::max(code, days < 0 ? 2 : days < limit_days ? 1 : 0);
  }
  return code;
}

std::string as_table(const std::vector<CertsRow>& rows, base::UnixSeconds now) {
  std::string text = table_line({"LAYER", "ALIAS", "ENDS", "DAYS", "KEY", "SUBJECT, NAMES"});
  for (const CertsRow& row : rows) {
    const std::string names = names_text(row.facts);
    text += table_line({row.layer, row.alias + (row.has_key ? "" : " (no key)"),
                        base::format_utc(row.facts.not_after, kDayForm),
                        std::to_string(days_left(row, now)), row.facts.key,
                        row.facts.subject + (names.empty() ? "" : ", " + names)});
  }
  return text;
}

std::string as_json(const std::vector<CertsRow>& rows, base::UnixSeconds now) {
  using base::json_quoted;
  std::string text = "[";
  for (const CertsRow& row : rows) {
    std::string names;
    for (const certgen::SubjectAltName& name : row.facts.names)
      names += (names.empty() ? "" : ",") + json_quoted(name.value);
    text += (text.ends_with('[') ? "{" : ",{") + std::string("\"layer\":") +
            json_quoted(row.layer) + ",\"alias\":" + json_quoted(row.alias) +
            ",\"has_key\":" + (row.has_key ? "true" : "false") +
            ",\"subject\":" + json_quoted(row.facts.subject) +
            ",\"issuer\":" + json_quoted(row.facts.issuer) +
            ",\"serial\":" + json_quoted(row.facts.serial_hex) +
            ",\"is_ca\":" + (row.facts.is_ca ? "true" : "false") +
            ",\"key\":" + json_quoted(row.facts.key) +
            ",\"sha256\":" + json_quoted(row.facts.sha256_hex) +
            ",\"not_before\":" + json_quoted(base::format_utc(row.facts.not_before, kIsoForm)) +
            ",\"not_after\":" + json_quoted(base::format_utc(row.facts.not_after, kIsoForm)) +
            ",\"days_left\":" + std::to_string(days_left(row, now)) + ",\"names\":[" + names + "]}";
  }
  return text + "]\n";
}

std::string as_prometheus(const std::vector<CertsRow>& rows) {
  std::string text =
      "# HELP esboot_certificate_not_after_seconds When the certificate ends, as Unix time.\n"
      "# TYPE esboot_certificate_not_after_seconds gauge\n";
  for (const CertsRow& row : rows)
    text += "esboot_certificate_not_after_seconds{layer=\"" + label(row.layer) + "\",alias=\"" +
            label(row.alias) + "\",subject=\"" + label(row.facts.subject) + "\"} " +
            std::to_string(row.facts.not_after) + "\n";
  return text;
}

std::vector<std::string> complaints(const std::vector<CertsRow>& rows, int limit_days,
                                    base::UnixSeconds now) {
  std::vector<std::string> found;
  for (const CertsRow& row : rows) {
    const long days = days_left(row, now);
    if (days >= limit_days) continue;
    std::string sentence = row.layer;
    sentence.append(" certificate ").append(row.alias);
    sentence.append(" (").append(row.facts.subject).append(")");
    sentence.append(days < 0 ? " has expired on " : " ends on ");
    sentence.append(base::format_utc(row.facts.not_after, kDayForm));
    if (days >= 0) sentence.append(", in ").append(std::to_string(days)).append(" days");
    found.push_back(std::move(sentence));
  }
  return found;
}

}  // namespace launcher
