"""A real listener or publisher of oslo.messaging on RabbitMQ.

    python3 oslo_messaging_process.py listen URL EXCHANGE TOPIC

prints "listening", then a line of JSON for each notification that its endpoint is given, until it is killed.

    python3 oslo_messaging_process.py notify URL EXCHANGE TOPIC PUBLISHER_ID EVENT_TYPE PAYLOAD

publishes one, of priority info, as Nova does, and ends.
"""

import json
import sys
import threading

from oslo_config import cfg
import oslo_messaging


class Endpoint:
    def info(self, ctxt, publisher_id, event_type, payload, metadata):
        line = {"ctxt": ctxt, "publisher_id": publisher_id, "event_type": event_type, "payload": payload, "metadata": metadata}
        print(json.dumps(line), flush=True)
        return oslo_messaging.NotificationResult.HANDLED


def listen(url, exchange, topic):
    transport = oslo_messaging.get_notification_transport(cfg.CONF, url=url)
    listener = oslo_messaging.get_notification_listener(transport, [oslo_messaging.Target(exchange=exchange, topic=topic)], [Endpoint()], executor="threading")
    listener.start()
    print("listening", flush=True)
    threading.Event().wait()


def notify(url, exchange, topic, publisher_id, event_type, payload):
    cfg.CONF([], project="nova")
    oslo_messaging.set_transport_defaults(exchange)
    transport = oslo_messaging.get_notification_transport(cfg.CONF, url=url)
    notifier = oslo_messaging.Notifier(transport, publisher_id=publisher_id, driver="messagingv2", topics=[topic])
    notifier.info({"request_id": "req-1", "user_id": "ann", "project_id": None, "is_admin": True, "timestamp": "2026-11-21T00:57:06.700000"}, event_type, json.loads(payload))
    transport.cleanup()


{"listen": listen, "notify": notify}[sys.argv[1]](*sys.argv[2:])
