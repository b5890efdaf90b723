#include "launcher/keystore_edit.h"

#include "launcher/console.h"
#include "launcher/keystore_access.h"
#include "launcher/keystore_passphrase.h"

namespace launcher {
namespace {

base::Error usage_error(const std::string& message) {
  return {base::ErrorKind::kUsage, message, "--help lists commands and options", 0};
}

void say(const KeystoreOptions& options, const std::string& line) {
  if (!options.silent) console::print(line);
}

/// The keystore to add to. Where there is none, the answer to the question whether to make one;
/// nullopt is no.
base::Result<std::optional<OpenKeystore>> open_or_offer(const KeystoreOptions& options,
                                                        const KeystoreContext& context) {
  BASE_TRY(auto opened, open_if_present(options, context));
  if (opened) return opened;
  if (!options.force) {
    BASE_TRY(const bool yes, console::ask_yes_no("There is no keystore yet. Create it?"));
    if (!yes) return std::optional<OpenKeystore>();
  }
  BASE_TRY(auto created, new_keystore());
  return std::optional<OpenKeystore>(std::move(created));
}

base::Result<void> check_name(const std::string& name) {
  if (keystore::is_valid_name(name)) return {};
  return base::Error{base::ErrorKind::kData, "'" + name + "' cannot be the name of a setting",
                     "only letters, digits, '_', '-' and '.' can be in it; nothing was changed", 0};
}

/// Whether `name` may be set: free, or the operator agrees.
base::Result<bool> may_set(const std::string& name, const OpenKeystore& opened,
                           const EntryChanges& changes, const KeystoreOptions& options) {
  if (options.force || (!opened.entries.contains(name) && !changes.contains(name))) return true;
  return console::ask_yes_no("There is an entry " + name + " already. Overwrite?");
}

/// Saves what was agreed to before `refused` was not. Stock forgets it.
base::Result<int> stop_at(const std::string& refused, const KeystoreOptions& options,
                          const KeystoreContext& context, const OpenKeystore& opened,
                          const EntryChanges& changes) {
  if (!changes.empty()) BASE_CHECK(save_keystore(context.site, opened, changes, opened.passphrase));
  std::string line = refused + " was left as it was";
  for (const auto& [name, value] : changes) line += ", " + name + " was set";
  say(options, line);
  return 0;
}

}  // namespace

base::Result<int> create_keystore(const KeystoreOptions& options, const KeystoreContext& context) {
  base::Secret passphrase;
  if (options.ask_new_passphrase) {
    BASE_TRY(passphrase, ask_new_passphrase());
  }
  const bool exists = base::facts_of(context.site.path()).type != base::FileType::kMissing;
  if (exists) {
    BASE_TRY(const bool yes, console::ask_yes_no("There is a keystore already. Overwrite?"));
    if (!yes) {
      say(options, "the keystore was left as it was");
      return 0;
    }
  }
  BASE_TRY(const OpenKeystore created, new_keystore());
  BASE_CHECK(replace_keystore(context.site, created, passphrase, !exists));
  say(options, "created " + context.site.path());
  return 0;
}

base::Result<int> add_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const auto opened, open_or_offer(options, context));
  if (!opened) {
    say(options, "no keystore was created");
    return 0;
  }
  if (options.operands.empty()) return usage_error("add needs the names of the entries");
  // All of them first: a name that cannot be must not cost the values before it.
  for (const std::string& name : options.operands) BASE_CHECK(check_name(name));
  EntryChanges changes;
  for (const std::string& name : options.operands) {
    BASE_TRY(const bool agreed, may_set(name, *opened, changes, options));
    if (!agreed) return stop_at(name, options, context, *opened, changes);
    BASE_TRY(base::Secret value,
             console::read_secret(options.values_from_stdin ? "" : "Value of " + name + ": "));
    changes.insert_or_assign(name, std::move(value));
  }
  BASE_CHECK(save_keystore(context.site, *opened, changes, opened->passphrase));
  return 0;
}

base::Result<int> add_files(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const auto opened, open_or_offer(options, context));
  if (!opened) {
    say(options, "no keystore was created");
    return 0;
  }
  const auto& operands = options.operands;
  if (operands.empty()) return usage_error("add-file needs the name of an entry and a path");
  if (operands.size() % 2 != 0) return usage_error("add-file needs a path for every name");
  for (std::size_t i = 0; i < operands.size(); i += 2) BASE_CHECK(check_name(operands[i]));
  EntryChanges changes;
  for (std::size_t i = 0; i < operands.size(); i += 2) {
    BASE_TRY(const bool agreed, may_set(operands[i], *opened, changes, options));
    if (!agreed) return stop_at(operands[i], options, context, *opened, changes);
    const std::string& path = operands[i + 1];
    BASE_TRY(base::Secret content,
             base::read_secret_file(path.starts_with('/') ? path : context.home + "/" + path,
                                    keystore::kMaxEntriesSizeBytes));
    changes.insert_or_assign(operands[i], std::move(content));
  }
  BASE_CHECK(save_keystore(context.site, *opened, changes, opened->passphrase));
  return 0;
}

base::Result<int> remove_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const OpenKeystore opened, open_existing(options, context));
  if (options.operands.empty()) return usage_error("remove needs the names of the entries");
  EntryChanges changes;
  for (const std::string& name : options.operands)
    if (!opened.entries.contains(name) || !changes.emplace(name, std::nullopt).second)
      return missing_entry(name);
  BASE_CHECK(save_keystore(context.site, opened, changes, opened.passphrase));
  return 0;
}

base::Result<int> upgrade_keystore(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const OpenKeystore opened, open_existing(options, context));
  const std::string seed_name(keystore::kSeedName);
  EntryChanges changes;
  if (!opened.entries.contains(seed_name)) {
    BASE_TRY(base::Secret seed, keystore::make_seed());
    changes.emplace(seed_name, std::move(seed));
  }
  if (changes.empty() && opened.format == context.site.format) return 0;
  BASE_CHECK(save_keystore(context.site, opened, changes, opened.passphrase));
  return 0;
}

base::Result<int> change_passphrase(const KeystoreOptions& options,
                                    const KeystoreContext& context) {
  BASE_TRY(const OpenKeystore opened, open_existing(options, context));
  BASE_TRY(const base::Secret passphrase, ask_new_passphrase());
  BASE_CHECK(save_keystore(context.site, opened, {}, passphrase));
  say(options, passphrase.empty() ? "the keystore has no passphrase now"
                                  : "the passphrase of the keystore was changed");
  return 0;
}

}  // namespace launcher
