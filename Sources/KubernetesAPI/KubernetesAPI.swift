// KubernetesAPI — speaks to one API server, and says honestly what came of each call.
//
//   APICall            one call as a value: method, path, what people read of it
//   KubernetesClient   get, list, watch, create, update, apply, delete: one call each
//   ServedVersions     which versions of a kind the server has; asked once, kept for minutes
//   KubernetesError    the ways in which a call ends badly; which of them may have been applied
//   AccessRight        the rule of a Role that a 403 says is missing; OwnRights: those that we have
//   WatchStream        one watch, as long as it lasts
//   KindFeed           all objects of a kind for as long as anybody likes: watches, or polls
//   Doorbell           a rest between two looks that ends when something has happened
//   Backoff            how long to wait when a call may go well a little later
//   WriteSeal          what stands on everything that a run writes
//   SealedWriter       read, check the fence, edit, write under the resourceVersion, read back
//
// Every write has three results: applied, not applied, unknown. Nothing here decides what to do
// next.
