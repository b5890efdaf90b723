// Makes one change set in the directory that argv[1] names, so that a test can break it at any
// system call. argv[2] is a file outside. argv[3] is what the change set is like: "first" of a
// first start, with the file outside; "join" without it; "reconfigure" removes the old certificates
// and the password; "undo" puts a directory and a file back. Ends with 0 where the commit
// succeeded, else with 1.

#include <cstdio>
#include <string>

#include "base/change_set.h"

namespace {

base::Secret fresh() {
  return base::Secret::copy_of(std::string_view("new"));
}

base::ChangeSet changes_of(const std::string& form, const std::string& outside) {
  base::ChangeSet changes;
  if (form == "undo") {
    changes.moves = {{"certs", "certs.0.orig"}, {"elasticsearch.keystore", ""}, {"backup", ""}};
    changes.files.push_back({"elasticsearch.yml", fresh(), 0660, false});
    return changes;
  }
  base::DirectoryChange certs{"certs", 0750, {}, form == "reconfigure" ? "" : "1.orig"};
  for (const char* const name : {"http.p12", "transport.p12", "http_ca.crt"})
    certs.files.push_back({name, fresh(), 0660, false});
  changes.directories.push_back(std::move(certs));
  if (form == "first") changes.outside_files.push_back({outside, fresh(), 0600, true});
  if (form == "reconfigure") changes.moves.push_back({"initial_elastic_password", ""});
  for (const char* const name : {"elasticsearch.keystore", "elasticsearch.yml"})
    changes.files.push_back({name, fresh(), 0660, false});
  return changes;
}

}  // namespace

int main(int, char** argv) {
  base::ChangeSet changes = changes_of(argv[3], argv[2]);
  changes.directory = argv[1];
  const auto recovered = base::recover(changes.directory);
  if (!recovered.ok()) return 1;
  auto committed = base::commit(changes);
  if (!committed.ok()) std::puts(committed.error().message.c_str());
  return committed.ok() ? 0 : 1;
}
