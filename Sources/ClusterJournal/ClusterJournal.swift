// ClusterJournal — the journal kept in the target's cluster itself: any machine finds the runs.
//
// Read in this order:
//   JournalNames        what its ConfigMaps are called, and by which labels they are found
//   Segment             some records of a run in one ConfigMap; closed for ever once it is full
//   Shelf               a run's segments, one chain
//   ConfigMapDesk       calls of the API server, and what their trouble is called here
//   ConfigMapJournal    the store: a JournalStore like memory and SQLite
//   ConfigMapJournal+…  blobs, the inbox, and the removal of what is old
//
// An append is one PUT under the open segment's resourceVersion: the API server compares. The form
// is written down in docs/JOURNAL.md.
