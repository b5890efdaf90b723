#include "launcher/keystore_query.h"

#include <unistd.h>

#include <map>

#include "base/text.h"
#include "launcher/console.h"
#include "launcher/keystore_access.h"
#include "launcher/keystore_changes.h"
#include "launcher/keystore_json.h"

namespace launcher {
namespace {

base::Result<int> print_data(std::string_view bytes) {
  if (!console::write_text(STDOUT_FILENO, bytes))
    return base::Error{base::ErrorKind::kIo, "stdout did not take all of the output", "", 0};
  return 0;
}

base::Result<int> show_one(const base::Secret& value, const std::string& name) {
  const bool to_terminal = console::is_terminal(STDOUT_FILENO);
  if (to_terminal && !base::is_utf8(value.expose()))
    return base::Error{base::ErrorKind::kIo, "the value of " + name + " is not text",
                       "redirect stdout to a file", 0};
  BASE_CHECK(print_data(value.expose()));
  return to_terminal ? print_data("\n") : 0;
}

enum class Match { kSame, kDifferent, kAbsent };

const char* word_for(Match match) {
  return match == Match::kSame ? "same" : match == Match::kDifferent ? "different" : "absent";
}

/// What the keystore has, beside what is wanted.
base::Result<Match> compare(const WantedEntry& wanted, const keystore::Entries& entries) {
  const auto found = entries.find(wanted.name);
  const bool wants_absence = std::holds_alternative<AbsentEntry>(wanted.value);
  if (found == entries.end()) return wants_absence ? Match::kSame : Match::kAbsent;
  if (wants_absence) return Match::kDifferent;
  base::Sha256 wanted_hash{};
  if (const auto* hash = std::get_if<base::Sha256>(&wanted.value)) {
    wanted_hash = *hash;
  } else if (const auto* file = std::get_if<FileContent>(&wanted.value)) {
    BASE_TRY(const base::Secret content,
             base::read_secret_file(file->path, keystore::kMaxEntriesSizeBytes));
    BASE_TRY(wanted_hash, base::sha256(content.bytes()));
  } else {
    BASE_TRY(wanted_hash, base::sha256(std::get<base::Secret>(wanted.value).bytes()));
  }
  BASE_TRY(const base::Sha256 stored_hash, base::sha256(found->second.bytes()));
  return stored_hash == wanted_hash ? Match::kSame : Match::kDifferent;
}

std::string description(const OpenKeystore& opened, const KeystoreContext& context) {
  return context.site.path() + ": intact, format " + std::to_string(opened.format) +
         (opened.passphrase.empty() ? ", no passphrase, " : ", protected by a passphrase, ") +
         std::to_string(opened.entries.size()) + " entries";
}

}  // namespace

base::Result<int> list_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const OpenKeystore opened, open_existing(options, context));
  if (options.silent) return 0;
  if (options.json) return print_data(names_to_json(opened.entries));
  std::string lines;
  for (const auto& [name, value] : opened.entries) lines.append(name) += '\n';
  return print_data(lines);
}

base::Result<int> show_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const OpenKeystore opened, open_existing(options, context));
  if (options.operands.empty() || (!options.json && options.operands.size() > 1))
    return base::Error{base::ErrorKind::kUsage, "show needs the name of one entry",
                       "with --json it takes any number", 0};
  for (const std::string& name : options.operands)
    if (!opened.entries.contains(name)) return missing_entry(name);
  if (options.json) return print_data(values_to_json(opened.entries, options.operands).expose());
  return show_one(opened.entries.at(options.operands.front()), options.operands.front());
}

base::Result<int> has_passphrase(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const auto locked, read_keystore(context.site));
  const bool is_protected = locked && locked->sealed.has_passphrase;
  if (!options.silent) {
    if (is_protected)
      console::print("the keystore has a passphrase");
    else if (locked)
      console::report({base::ErrorKind::kGeneric, "the keystore has no passphrase", "", 0});
    else
      console::report(missing_keystore(context));
  }
  return is_protected ? 0 : 1;
}

base::Result<int> diff_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const base::Secret text, read_operand(options));
  BASE_TRY(const auto wanted, parse_wanted_entries(text.expose()));
  BASE_TRY(const auto opened, open_unattended(options, context));
  if (!opened) return missing_keystore(context);
  std::map<std::string, std::string> words;
  bool differs = false;
  for (const WantedEntry& each : wanted) {
    BASE_TRY(const Match match, compare(each, opened->entries));
    differs = differs || match != Match::kSame;
    words.emplace(each.name, word_for(match));
  }
  std::string lines;
  for (const auto& [name, word] : words) lines.append(word).append(" ").append(name) += '\n';
  if (!options.silent) BASE_CHECK(print_data(options.json ? words_to_json(words) : lines));
  return differs ? 2 : 0;
}

base::Result<int> verify_keystore(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const auto opened, open_unattended(options, context));
  if (!opened) return missing_keystore(context);
  if (!options.silent) console::print(description(*opened, context));
  for (const auto& [name, value] : opened->entries)
    if (!keystore::is_valid_name(name))
      console::warn("the entry '" + name + "' has a name that no setting can have");
  if (opened->format < context.site.format)
    console::warn("this Elasticsearch writes format " + std::to_string(context.site.format) +
                  ": run the command upgrade");
  if (!opened->entries.contains(std::string(keystore::kSeedName)))
    console::warn("the entry keystore.seed is missing: run the command upgrade");
  const std::string leftover = context.site.path() + ".tmp";
  if (base::facts_of(leftover).type != base::FileType::kMissing)
    console::warn(leftover +
                  " was left by the stock tool, which cannot save while it is there: remove it");
  return 0;
}

}  // namespace launcher
