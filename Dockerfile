FROM node:24-slim AS dependencies
WORKDIR /press
COPY package.json package-lock.json ./
# The image has Node 24 and a Postgres of its own beside it: neither the npm package that brings a Node (an
# install script) nor the embedded server's binaries (optional packages) are wanted here.
RUN npm ci --omit=dev --omit=optional --ignore-scripts \
  && rm -rf node_modules/node node_modules/.bin/node

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /press
COPY --from=dependencies /press/node_modules node_modules
COPY package.json LICENSE ./
COPY migrations migrations
COPY emails emails
COPY src src
COPY workers workers
USER node
EXPOSE 3000
# Node itself, so that SIGTERM reaches it and a worker ends what it has in flight.
ENTRYPOINT ["node", "src/pressrun.js"]
CMD ["web"]
