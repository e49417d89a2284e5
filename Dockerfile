# The gateway from this repository. Used by docker-compose.yml; CI has no Docker and doesn't build it.
FROM maven:3-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
RUN mvn -B -ntp -Dfast -Dmaven.test.skip=true -pl gateway-app -am package

FROM eclipse-temurin:25-jre
RUN useradd --system --create-home --home-dir /var/lib/sallyport sallyport
COPY --from=build /src/gateway-app/target/sallyport.jar /opt/sallyport/sallyport.jar
COPY --from=build /src/gateway-app/target/lib /opt/sallyport/lib
USER sallyport
WORKDIR /var/lib/sallyport
EXPOSE 15432
ENTRYPOINT ["java", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "--sun-misc-unsafe-memory-access=allow", "-jar", "/opt/sallyport/sallyport.jar"]
CMD ["--help"]
