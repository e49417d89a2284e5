/// Conditions that policies write in the database's SQL, read without a catalog. Immutable values.
/// Entry point: {@link dev.sallyport.sql.condition.SqlCondition#read}.
@NullMarked
package dev.sallyport.sql.condition;

import org.jspecify.annotations.NullMarked;
