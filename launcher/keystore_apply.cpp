#include "base/files.h"
#include "launcher/console.h"
#include "launcher/keystore_access.h"
#include "launcher/keystore_changes.h"
#include "launcher/keystore_edit.h"
#include "launcher/keystore_passphrase.h"

namespace launcher {
namespace {

struct ApplyCounts {
  int set = 0;
  int removed = 0;
  int unchanged = 0;
};

/// The value that the entry shall have; nullopt where it shall not be there.
base::Result<std::optional<base::Secret>> wanted_value(WantedEntry& wanted) {
  if (std::holds_alternative<AbsentEntry>(wanted.value)) return std::optional<base::Secret>();
  if (const auto* file = std::get_if<FileContent>(&wanted.value)) {
    BASE_TRY(base::Secret content,
             base::read_secret_file(file->path, keystore::kMaxEntriesSizeBytes));
    return std::optional<base::Secret>(std::move(content));
  }
  if (auto* value = std::get_if<base::Secret>(&wanted.value))
    return std::optional<base::Secret>(std::move(*value));
  return base::Error{base::ErrorKind::kData,
                     "only a hash is given for " + wanted.name + ", which cannot be stored",
                     "a hash is for the command diff; nothing was changed", 0};
}

/// What is not so already.
base::Result<EntryChanges> changes_to(const keystore::Entries& entries,
                                      std::vector<WantedEntry> wanted, ApplyCounts& counts) {
  EntryChanges changes;
  for (WantedEntry& each : wanted) {
    BASE_TRY(auto value, wanted_value(each));
    const auto found = entries.find(each.name);
    const bool is_there = found != entries.end();
    if (value ? is_there && found->second.equals(*value) : !is_there) {
      ++counts.unchanged;
      continue;
    }
    ++(value ? counts.set : counts.removed);
    changes.emplace(each.name, std::move(value));
  }
  return changes;
}

/// A new keystore, with a passphrase where the command line or a credential offers one.
base::Result<OpenKeystore> create_for(const KeystoreOptions& options,
                                      const KeystoreContext& context) {
  BASE_TRY(OpenKeystore created, new_keystore());
  BASE_TRY(created.passphrase,
           offered_passphrase(options.passphrase, context.credentials_directory));
  return created;
}

}  // namespace

base::Result<int> apply_entries(const KeystoreOptions& options, const KeystoreContext& context) {
  BASE_TRY(const base::Secret text, read_operand(options));
  BASE_TRY(auto wanted, parse_wanted_entries(text.expose()));
  BASE_TRY(auto opened, open_unattended(options, context));
  const bool is_new = !opened;
  if (is_new) {
    BASE_TRY(opened, create_for(options, context));
  }
  ApplyCounts counts;
  BASE_TRY(const EntryChanges changes, changes_to(opened->entries, std::move(wanted), counts));
  const bool changed = is_new || !changes.empty();
  if (changed) BASE_CHECK(save_keystore(context.site, *opened, changes, opened->passphrase));
  if (!options.silent)
    console::print(std::to_string(counts.set) + " set, " + std::to_string(counts.removed) +
                   " removed, " + std::to_string(counts.unchanged) + " unchanged");
  return changed && options.detailed_exitcode ? 2 : 0;
}

}  // namespace launcher
