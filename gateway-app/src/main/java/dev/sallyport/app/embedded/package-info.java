/// Servers that come along: where their programs and their files are, and how they live and end as
/// children of ours. Used by the packages of each kind of server.
@NullMarked
package dev.sallyport.app.embedded;

import org.jspecify.annotations.NullMarked;
